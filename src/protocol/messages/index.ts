/** Every API that this build can read and write. What the broker advertises is its own list of handlers. */
import type { AnyApi } from '../table.ts'
import { apiVersions } from './api-versions.ts'
import { fetch } from './fetch.ts'
import { listOffsets } from './list-offsets.ts'
import { metadata } from './metadata.ts'
import { produce } from './produce.ts'

export const apis: readonly AnyApi[] = [produce, fetch, listOffsets, metadata, apiVersions]
