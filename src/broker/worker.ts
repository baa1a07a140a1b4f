/** Where the broker's thread in an agent's process begins: turns the compile cache on, which no thread inherits, and loads the rest. */
import { useCompileCache } from '../base/compile-cache.ts'

useCompileCache()
await import('./worker-broker.ts')
