/** kafka-console-consumer.sh: prints the records of topics, until it is stopped, has printed enough, or none comes. */
import type { Log } from '../base/log.ts'
import { exitCodes } from './command.ts'
import { consumerOptions, type ConsumerPlan, consumerPlan } from './console-consumer-plan.ts'
import { printRecords } from './console-consumer-loop.ts'
import { Consumer } from '../client/consumer.ts'
import type { JoptValues } from './jopt.ts'
import { kafkaTool } from './kafka-tool.ts'
import { listenForSignals, signalExitCodes } from './signals.ts'
import type { StopSignal } from './signals.ts'

const begin = (consumer: Consumer, { start }: ConsumerPlan): void => {
  if ('partition' in start) consumer.assign([start])
  else if (start.inGroup) consumer.subscribe(start.topics)
  else consumer.readAll(start.topics)
}

const consume = async (plan: ConsumerPlan, consumer: Consumer, log: Log): Promise<number> => {
  using signals = listenForSignals()
  const stop = new AbortController()
  let signal: StopSignal | undefined
  void signals.first.then((first) => {
    signal = first
    return stop.abort()
  })
  begin(consumer, plan)
  const { count, failed } = await printRecords(plan, consumer, stop, log)
  process.stderr.write(`Processed a total of ${count} messages\n`)
  if (signal !== undefined) return signalExitCodes[signal]
  return failed ? exitCodes.failed : exitCodes.done
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const plan = consumerPlan(values, log)
  await using consumer = new Consumer(plan.client, plan.consumer)
  return await consume(plan, consumer, log)
}

export const command = kafkaTool({
  name: 'kafka-console-consumer',
  summary: 'print the records of topics',
  purpose: 'This tool helps to read data from Kafka topics and outputs it to standard output.',
  options: consumerOptions,
  work,
})
