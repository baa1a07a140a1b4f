import { sinkConformance } from '../../test/conformance/sink.ts'
import { nullSink } from './null.ts'

sinkConformance('null', () => ({
  create: (context) => nullSink.create({ batchSize: 100, logEveryNEvents: 10 }, context),
}))
