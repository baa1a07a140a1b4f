/** Every sink processor there is. */
import { standard } from './default.ts'
import type { ProcessorDefinition } from './definition.ts'

export const processors: readonly ProcessorDefinition[] = [standard]
