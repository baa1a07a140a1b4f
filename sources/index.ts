/** Every source there is. Deleting a folder and its line here removes that source. */
import type { SourceDefinition } from '../src/flow/component.ts'
import { avro } from './avro/avro.ts'
import { exec } from './exec/exec.ts'
import { kafkaSource } from './kafka/kafka.ts'
import { netcat } from './netcat/netcat.ts'
import { seq } from './seq/seq.ts'
import { spooldir } from './spooldir/spooldir.ts'
import { tail } from './tail/tail.ts'
import { taildir } from './taildir/taildir.ts'

export const sources: readonly SourceDefinition[] = [avro, kafkaSource, exec, netcat, seq, spooldir, tail, taildir]
