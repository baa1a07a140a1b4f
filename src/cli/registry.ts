/** Where the lists of components and the engine meet. Everything else gets a registry passed in. */
import { channels } from '../../channels/index.ts'
import { sinks } from '../../sinks/index.ts'
import { sources } from '../../sources/index.ts'
import type { AgentRegistry } from '../agent/registry.ts'
import { selectors } from '../agent/selectors/index.ts'
import { processors } from '../agent/sink-groups/index.ts'
import { interceptors } from '../interceptors/index.ts'

export const registry: AgentRegistry = { sources, channels, sinks, interceptors, selectors, processors }
