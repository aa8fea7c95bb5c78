import {
  type CausalContext,
  type Dot,
  type VersionVector,
  byUnits,
  compareDots,
  contains,
  contextOf,
  covers,
  joinContexts,
  laterThan,
  nextDot,
  versionsOf,
  withoutDots,
} from './causal-context.ts';

/** A dot that is alive; kinds of values add what came with it. */
export interface Living {
  readonly dot: Dot;
}

/**
 * Elements, each with the dots that put it in and that nobody took out since. A dot is unknown, then alive, then dead, and
 * never goes back: known and not alive is dead, so that the dead cost nothing. Every change is an event with a number of
 * its own, removals and moves too: who knows all about the same events has the same map.
 *
 * Plain data in canonical order: it can be posted to another tab as it is, and equal maps have equal JSON.
 */
export interface DotMap<L extends Living> {
  readonly entries: readonly (readonly [element: string, living: readonly L[]])[];
  /** The dots whose fate is known, and the events of which anything is. */
  readonly context: CausalContext;
  /**
   * Those of which everything is known. Not the same: a removal tells that a dot is dead, and not which older dots that one
   * had replaced. A digest made of the context would hide for good what a lost delta had to say.
   */
  readonly events: CausalContext;
}

/** How two forms of the same dot become one, and which event made a form as it is. */
export interface Kind<L extends Living> {
  join(a: L, b: L): L;
  changed(living: L): Dot;
}

export const EMPTY: DotMap<never> = { entries: [], context: [], events: [] };

export function livingOf<L extends Living>(map: DotMap<L>, element: string): readonly L[] {
  return map.entries.find(([known]) => known === element)?.[1] ?? [];
}

export function dotsOf(map: DotMap<Living>, element: string): readonly Dot[] {
  return livingOf(map, element).map(({ dot }) => dot);
}

/** A delta of one event, after which these dots are known. */
export function changed<L extends Living>(entries: DotMap<L>['entries'], event: Dot, known: readonly Dot[]): DotMap<L> {
  return { entries, context: contextOf([event, ...known]), events: contextOf([event]) };
}

/** A delta that takes elements out, by one event. Empty if none of them is in. */
export function removal(
  map: DotMap<Living>,
  replica: string,
  elements: readonly string[],
  isMeant: (dot: Dot) => boolean = () => true,
): DotMap<never> {
  const dead = elements.flatMap((element) => dotsOf(map, element)).filter(isMeant);
  return dead.length === 0 ? EMPTY : changed([], nextDot(map.context, replica), dead);
}

/** Keeps a dot that is alive in both, or alive in one and unknown to the other. */
export function merge<L extends Living>(kind: Kind<L>, a: DotMap<L>, b: DotMap<L>): DotMap<L> {
  const [mine, theirs] = [new Map(a.entries), new Map(b.entries)];
  const entries = [...new Set([...mine.keys(), ...theirs.keys()])].sort(byUnits).flatMap((element) => {
    const [left, right] = [mine.get(element) ?? [], theirs.get(element) ?? []];
    const merged = right.flatMap((each) => {
      const same = find(left, each.dot);
      return same ? [kind.join(same, each)] : contains(a.context, each.dot) ? [] : [each];
    });
    const rest = left.filter(({ dot }) => !contains(b.context, dot));
    const living = [...merged, ...rest].sort((one, other) => compareDots(one.dot, other.dot));
    return living.length > 0 ? [[element, living] as const] : [];
  });
  return { entries, context: joinContexts(a.context, b.context), events: joinContexts(a.events, b.events) };
}

/**
 * What who knows the events of `since` lacks. Of what lives since before it says nothing, and of all else that it does not
 * list it says that it is dead.
 */
export function delta<L extends Living>(kind: Kind<L>, map: DotMap<L>, since: VersionVector): DotMap<L> {
  if (laterThan(since, map.context).length === 0) {
    return EMPTY;
  }
  const isNews = (living: L): boolean => !covers(since, living.dot) || !covers(since, kind.changed(living));
  const old = map.entries.flatMap(([, all]) => all.filter((living) => !isNews(living)).map(({ dot }) => dot));
  return { entries: kept(map, isNews), context: withoutDots(map.context, old), events: laterThan(since, map.events) };
}

/** Without what other replicas than these put in. Who is left out must never come back under the same name. */
export function retain<L extends Living>(map: DotMap<L>, replicas: ReadonlySet<string>): DotMap<L> {
  return {
    entries: kept(map, ({ dot }) => replicas.has(dot[0])),
    context: map.context.filter(([replica]) => replicas.has(replica)),
    events: map.events.filter(([replica]) => replicas.has(replica)),
  };
}

/** The events about which everything is known here: what others need to tell what is missing. */
export function versions({ events }: DotMap<Living>): VersionVector {
  return versionsOf(events);
}

function kept<L extends Living>(map: DotMap<L>, isKept: (living: L) => boolean): DotMap<L>['entries'] {
  return map.entries
    .map(([element, living]) => [element, living.filter(isKept)] as const)
    .filter(([, living]) => living.length > 0);
}

function find<L extends Living>(living: readonly L[], [replica, number]: Dot): L | undefined {
  return living.find(({ dot }) => dot[0] === replica && dot[1] === number);
}
