// A growing list of slots, without an object per entry; the same slot may be in it more than once.

export class SlotList {
  slots = new Int32Array(64);
  length = 0;

  addOne(slot: number): void {
    this.makeRoom(1);
    this.slots[this.length++] = slot;
  }

  private makeRoom(n: number): void {
    if (this.length + n <= this.slots.length) return;
    const wider = new Int32Array(Math.max(this.length + n, this.slots.length * 2));
    wider.set(this.slots.subarray(0, this.length));
    this.slots = wider;
  }

  add(from: Int32Array, n: number): void {
    this.makeRoom(n);
    this.slots.set(from.subarray(0, n), this.length);
    this.length += n;
  }

  /** A list that one large epoch made long is given back. */
  clear(): void {
    this.length = 0;
    if (this.slots.length > 1 << 16) this.slots = new Int32Array(64);
  }
}
