import { sinkConformance } from '../../test/conformance/sink.ts'
import { logger } from './logger.ts'

sinkConformance('logger', () => ({ create: (context) => logger.create({ maxBytesToLog: 16 }, context) }))
