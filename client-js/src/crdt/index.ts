// Values that several writers change at once and merge without a server: `@parley/client/crdt`.

export * as addWinsSet from './add-wins-set.ts';
export type { AddWinsSet } from './add-wins-set.ts';
export type { CausalContext, Dot, VersionVector } from './causal-context.ts';
export * as orderedSet from './ordered-set.ts';
export type { OrderedSet, Placed } from './ordered-set.ts';
export * as pnCounter from './pn-counter.ts';
export type { PnCounter } from './pn-counter.ts';
