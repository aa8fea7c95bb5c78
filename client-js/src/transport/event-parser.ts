/** Reads server-sent events, wherever their bytes are cut. */
export class EventParser {
  private readonly decoder = new TextDecoder();
  /** The beginning of a line. */
  private rest = '';
  /** A line feed would belong to the line end before it. */
  private isAfterReturn = false;
  private name = '';
  private data: string | undefined;

  constructor(private readonly take: (name: string, data: string) => void) {}

  push(bytes: Uint8Array): void {
    const text = this.decoder.decode(bytes, { stream: true });
    if (text === '') {
      return;
    }
    const lines = (this.isAfterReturn ? text.replace(/^\n/, '') : text).split(/\r\n|\r|\n/);
    this.isAfterReturn = text.endsWith('\r');
    lines[0] = this.rest + (lines[0] ?? '');
    this.rest = lines.pop() ?? '';
    lines.forEach((line) => {
      this.takeLine(line);
    });
  }

  private takeLine(line: string): void {
    if (line === '') {
      const { name, data } = this;
      this.name = '';
      this.data = undefined;
      if (data !== undefined) {
        this.take(name, data);
      }
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') {
      this.name = value;
    } else if (field === 'data') {
      this.data = this.data === undefined ? value : `${this.data}\n${value}`;
    }
  }
}
