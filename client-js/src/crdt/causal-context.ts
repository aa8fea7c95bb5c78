/** One event: the `number`th of a replica, from 1. */
export type Dot = readonly [replica: string, number: number];

/** How many events of each replica are known, without a gap: sorted by replica, none zero. */
export type VersionVector = readonly (readonly [replica: string, count: number])[];

/** First and last event of a run of them. */
export type Range = readonly [from: number, to: number];

/**
 * A set of events, as ranges per replica: sorted, apart from each other, none empty. Of a whole state that is one range
 * from 1 for each replica; a delta knows single events.
 */
export type CausalContext = readonly (readonly [replica: string, ranges: readonly Range[]])[];

/** Who is gone is dropped with `retain`, so that replicas do not add up. */
export const REPLICAS_MAX = 1_024;

const REPLICA_LENGTH_MAX = 128;

/** Orders strings by their UTF-16 units, as every implementation does. */
export function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareDots(a: Dot, b: Dot): number {
  return byUnits(a[0], b[0]) || a[1] - b[1];
}

export function requireReplica(replica: string): void {
  if (replica === '' || replica.length > REPLICA_LENGTH_MAX) {
    throw new RangeError('a replica without a usable name');
  }
}

export function requireFew(replicas: readonly unknown[]): void {
  if (replicas.length > REPLICAS_MAX) {
    throw new RangeError(`${replicas.length} replicas`);
  }
}

export function contextOf(dots: readonly Dot[]): CausalContext {
  return normal(dots.map(([replica, number]) => [replica, [[number, number]]]));
}

export function contains(context: CausalContext, [replica, number]: Dot): boolean {
  return rangesOf(context, replica).some(([from, to]) => from <= number && number <= to);
}

/** The next event of a replica that knows all of its own. */
export function nextDot(context: CausalContext, replica: string): Dot {
  requireReplica(replica);
  const ranges = rangesOf(context, replica);
  return [replica, (ranges[ranges.length - 1]?.[1] ?? 0) + 1];
}

export function joinContexts(a: CausalContext, b: CausalContext): CausalContext {
  return normal([...a, ...b]);
}

export function withoutDots(context: CausalContext, dots: readonly Dot[]): CausalContext {
  return context.flatMap(([replica, ranges]) => {
    const rest = dots
      .filter(([owner]) => owner === replica)
      .reduce<readonly Range[]>((kept, [, number]) => kept.flatMap((range) => withoutNumber(range, number)), ranges);
    return rest.length > 0 ? [[replica, rest] as const] : [];
  });
}

export function versionsOf(context: CausalContext): VersionVector {
  return context.flatMap(([replica, ranges]) => {
    const [from, to] = ranges[0] ?? [0, 0];
    return from === 1 ? [[replica, to] as const] : [];
  });
}

/** How many events of a replica are known. */
export function countOf(versions: VersionVector, replica: string): number {
  return versions.find(([known]) => known === replica)?.[1] ?? 0;
}

export function covers(versions: VersionVector, [replica, number]: Dot): boolean {
  return number <= countOf(versions, replica);
}

/** The events that versions do not cover. */
export function laterThan(versions: VersionVector, context: CausalContext): CausalContext {
  return context.flatMap(([replica, ranges]) => {
    const count = countOf(versions, replica);
    const later = ranges.filter(([, to]) => to > count).map(([from, to]): Range => [Math.max(from, count + 1), to]);
    return later.length > 0 ? [[replica, later] as const] : [];
  });
}

function rangesOf(context: CausalContext, replica: string): readonly Range[] {
  return context.find(([known]) => known === replica)?.[1] ?? [];
}

function withoutNumber(range: Range, number: number): Range[] {
  const [from, to] = range;
  if (number < from || to < number) {
    return [range];
  }
  const rest: Range[] = [
    [from, number - 1],
    [number + 1, to],
  ];
  return rest.filter(([start, end]) => start <= end);
}

function normal(context: CausalContext): CausalContext {
  const byReplica = new Map<string, Range[]>();
  for (const [replica, ranges] of context) {
    byReplica.set(replica, [...(byReplica.get(replica) ?? []), ...ranges]);
  }
  const joined = [...byReplica].map(([replica, ranges]) => [replica, touchingJoined(ranges)] as const);
  requireFew(joined);
  return joined.sort(([a], [b]) => byUnits(a, b));
}

function touchingJoined(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result[result.length - 1];
    if (last && from <= last[1] + 1) {
      result[result.length - 1] = [last[0], Math.max(last[1], to)];
    } else {
      result.push([from, to]);
    }
  }
  return result;
}
