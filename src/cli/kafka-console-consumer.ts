/** kafka-console-consumer.sh: prints the records of topics, until it is stopped, has printed enough, or none comes. */
import type { Log } from '../base/log.ts'
import { exitCodes } from './command.ts'
import { ConsoleConsumer } from './console-consumer-loop.ts'
import { consumerOptions } from './console-consumer-options.ts'
import { consumerPlan } from './console-consumer-plan.ts'
import type { JoptValues } from './jopt.ts'
import { failureText, ToolFailure } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'
import { listenForSignals, signalExitCodes } from './signals.ts'
import type { StopSignal } from './signals.ts'

const consume = async (consumer: ConsoleConsumer): Promise<number> => {
  using signals = listenForSignals()
  const stop = new AbortController()
  let signal: StopSignal | undefined
  void signals.first.then((first) => {
    signal = first
    return stop.abort()
  })
  const { count, failed } = await consumer.run(stop.signal)
  process.stderr.write(`Processed a total of ${count} messages\n`)
  if (signal !== undefined) return signalExitCodes[signal]
  return failed ? exitCodes.failed : exitCodes.done
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  try {
    await using consumer = new ConsoleConsumer(consumerPlan(values, log), log)
    return await consume(consumer)
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
