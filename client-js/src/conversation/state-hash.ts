// What replicas of one view are compared by while they run: the sum of the hashes of the latest blocks and of the
// conversation's attributes, each two 32-bit FNV-1a hashes (Fowler, Noll, Vo) over the UTF-16 units of its canonical text.

const PRIME = 0x01000193;
const BASIS_HIGH = 0x811c9dc5;
const BASIS_LOW = 0x050c5d1f;

export class HashSum {
  private high = 0;
  private low = 0;

  add(text: string): void {
    let high = BASIS_HIGH;
    let low = BASIS_LOW;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      high = Math.imul(high ^ unit, PRIME);
      low = Math.imul(low ^ unit, PRIME);
    }
    this.high = (this.high + high) | 0;
    this.low = (this.low + low) | 0;
  }

  /** Big-endian, as on the wire. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, this.high);
    view.setInt32(4, this.low);
    return bytes;
  }
}
