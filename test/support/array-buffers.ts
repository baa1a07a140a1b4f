/** How much memory buffers really hold: what is garbage, also that of tests before, is collected first. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of the array buffers that something still points to. */
export const arrayBuffersInUse = (): number => {
  // The second one waits for what the first has begun to give back.
  collect()
  collect()
  return process.memoryUsage().arrayBuffers
}
