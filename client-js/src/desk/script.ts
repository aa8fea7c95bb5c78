// All that a desk needs, for pages without modules.

export * from '../index.ts';
export * from './index.ts';
