/** Every command and its line in the help, in the order of `millrace help`. A command that is a file of `bin/` has that file's name, without `.sh`. */
export const summaries = {
  'flume-ng': 'agent, avro-client, version, help: as in Flume',
  agent: 'run an agent of a Flume file',
  'avro-client': 'send lines to an avro source',
  check: 'say everything that is wrong with a Flume file, with its line',
  components: 'list the components, or the settings of one',
  docs: 'write the settings tables of all READMEs anew, or check them',
  example: 'run one of the pipelines in examples/',
  'kafka-server-start': 'run the broker alone',
  'kafka-server-stop': 'stop the broker that runs alone',
  'kafka-topics': 'create, list, describe, delete topics',
  'kafka-console-producer': 'send lines from standard input to a topic',
  'kafka-console-consumer': 'print the records of a topic',
  'kafka-get-offsets': 'print the offsets of a topic',
  'kafka-delete-records': 'delete the records of partitions before an offset',
  'kafka-producer-perf-test': 'measure how fast a topic takes records',
  'kafka-consumer-perf-test': 'measure how fast a topic is read',
  'kafka-e2e-latency': 'measure how long a record takes to come through',
  'kafka-verifiable-producer': 'send numbers and say what became of each',
  'kafka-verifiable-consumer': 'read a topic and say what came',
  'kafka-broker-api-versions': 'print the API versions that brokers serve',
  'kafka-leader-election': 'elect the leaders of partitions anew',
  'kafka-run-class': 'run a Kafka tool by its class name',
  version: 'print the version',
  help: 'this list; `help faults` lists every fault and its cure',
} as const satisfies Readonly<Record<string, string>>

export type CommandName = keyof typeof summaries
