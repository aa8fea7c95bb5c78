/**
 * Whether the key sends: Enter where `plain`, and Ctrl+Enter or Cmd+Enter anywhere. Never while an input method composes,
 * where Enter picks a word; 229 is what browsers report that end the composition before the key.
 */
export function isSubmitKey(event: KeyboardEvent, plain: boolean): boolean {
  return event.key === 'Enter' && !isComposing(event) && (event.ctrlKey || event.metaKey || (plain && !event.shiftKey));
}

export function isEscape(event: KeyboardEvent): boolean {
  return event.key === 'Escape' && !isComposing(event);
}

function isComposing(event: KeyboardEvent): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only trace that Safari leaves
  return event.isComposing || event.keyCode === 229;
}
