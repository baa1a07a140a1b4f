/** Every source there is. Deleting a folder and its line here removes that source. */
import type { SourceDefinition } from '../src/flow/component.ts'
import { exec } from './exec/exec.ts'
import { kafkaSource } from './kafka/kafka.ts'
import { netcat } from './netcat/netcat.ts'
import { seq } from './seq/seq.ts'
import { spooldir } from './spooldir/spooldir.ts'
import { taildir } from './taildir/taildir.ts'

export const sources: readonly SourceDefinition[] = [kafkaSource, exec, netcat, seq, spooldir, taildir]
