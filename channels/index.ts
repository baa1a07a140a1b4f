/** Every channel there is. The agent gets this list from the command line's part. */
import type { ChannelDefinition } from '../src/flow/component.ts'
import { file } from './file/file.ts'
import { kafka } from './kafka/kafka.ts'
import { memory } from './memory/memory.ts'
import { spillable } from './spillable/spillable.ts'

export const channels: readonly ChannelDefinition[] = [memory, file, spillable, kafka]
