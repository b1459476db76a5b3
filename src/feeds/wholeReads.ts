/** Reads and writes of files that do all they are asked: the system may do less at a time. */
import type { FileHandle } from 'node:fs/promises';

/** Fills `into` with what the file holds from `position` on. @returns bytes read: fewer only where the file ends */
export async function readWhole(
  handle: FileHandle,
  into: ArrayBufferView,
  position: number,
): Promise<number> {
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** Writes all of `from` into the file at `position`. */
export async function writeWhole(
  handle: FileHandle,
  from: ArrayBufferView,
  position: number,
): Promise<void> {
  const bytes = new Uint8Array(from.buffer, from.byteOffset, from.byteLength);
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0)
      throw new Error(`only ${done} of ${bytes.length} bytes could be written`);
    done += bytesWritten;
  }
}
