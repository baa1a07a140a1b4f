/** kafka-console-consumer.sh: prints the records of topics, until it is stopped, has printed enough, or none comes. */
import type { Log } from '../base/log.ts'
import { exitCodes } from './command.ts'
import { ConsoleConsumer } from './console-consumer-loop.ts'
import { consumerOptions } from './console-consumer-options.ts'
import { consumerPlan } from './console-consumer-plan.ts'
import type { JoptValues } from './jopt.ts'
import { failureText, ToolFailure } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'
import { untilStopped } from './signals.ts'

const consume = async (consumer: ConsoleConsumer, stop: AbortSignal): Promise<number> => {
  const { count, failed } = await consumer.run(stop)
  process.stderr.write(`Processed a total of ${count} messages\n`)
  return failed ? exitCodes.failed : exitCodes.done
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  try {
    await using consumer = new ConsoleConsumer(consumerPlan(values, log), log)
    return await untilStopped((stop) => consume(consumer, stop))
  } catch (thrown) {
    if (!(thrown instanceof ToolFailure)) throw thrown
    const consoleLog = log.named('org.apache.kafka.tools.consumer.ConsoleConsumer')
    consoleLog.error(`Unknown error when running consumer: ${failureText(thrown)}`)
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name: 'kafka-console-consumer',
  summary: 'print the records of a topic',
  purpose: 'This tool helps to read data from Kafka topics and outputs it to standard output.',
  options: consumerOptions,
  work,
})
