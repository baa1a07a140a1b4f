/** Agent files that several suites run. */

const head = `
a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = memory
a1.channels.c1.capacity = 20000
a1.channels.c1.transactionCapacity = 1000
a1.sources.r1.channels = c1
a1.sinks.k1.channel = c1
`

/** Follows every file `access.log…` in a folder. */
export const taildirOf = (folder: string): string => `
a1.sources.r1.type = TAILDIR
a1.sources.r1.filegroups = f
a1.sources.r1.filegroups.f = ${folder}/access\\\\.log.*
a1.sources.r1.positionFile = ${folder}/positions.json
a1.sources.r1.batchSize = 500
`

export const fileToTopic = (folder: string, port: number): string => `${head}${taildirOf(folder)}
a1.sinks.k1.type = org.apache.flume.sink.kafka.KafkaSink
a1.sinks.k1.kafka.bootstrap.servers = 127.0.0.1:${port}
a1.sinks.k1.kafka.topic = weblog
a1.sinks.k1.flumeBatchSize = 500
`

export const fileToFiles = (folder: string): string => `${head}${taildirOf(folder)}
a1.sinks.k1.type = file_roll
a1.sinks.k1.sink.directory = ${folder}/out
a1.sinks.k1.sink.rollInterval = 0
`
