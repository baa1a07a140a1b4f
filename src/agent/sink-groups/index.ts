/** Every sink processor there is. */
import { standard } from './default.ts'
import type { ProcessorDefinition } from './definition.ts'
import { failover } from './failover.ts'
import { loadBalance } from './load-balance.ts'

export const processors: readonly ProcessorDefinition[] = [standard, failover, loadBalance]
