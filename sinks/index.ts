/** Every sink there is. Deleting a folder and its line here removes that sink. */
import type { SinkDefinition } from '../src/flow/component.ts'
import { avro } from './avro/avro.ts'
import { fileRoll } from './file_roll/file_roll.ts'
import { kafkaSink } from './kafka/kafka.ts'
import { hdfs } from './hdfs/hdfs.ts'
import { logger } from './logger/logger.ts'
import { nullSink } from './null/null.ts'

export const sinks: readonly SinkDefinition[] = [avro, kafkaSink, fileRoll, hdfs, logger, nullSink]
