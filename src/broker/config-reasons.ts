/** Why settings that Kafka has do nothing here: said at the start where a file gives them, and in the table of the docs. */
export const reasons = {
  alone: 'one broker has no followers, no controller and no peers',
  threads: 'one thread serves all connections, and its work is not divided into pools',
  queue: 'requests are served as they are read, one of each connection at a time',
  grows: 'files grow as they are written',
  levels: 'the library for lz4 has one level',
  watched: 'topics that come and go are noticed within a second',
  sockets: 'Node leaves the buffers of sockets to the operating system',
  memory: 'what waits is let go at once, and logs are read in pieces of a fixed size',
  java: 'there are no Java classes to load and no JMX',
  format: 'records are always stored in format 2, and every version of the protocol is served',
  zookeeper: 'this broker runs alone and connects to no ZooKeeper; for cluster mode',
  kraft: 'there is no KRaft quorum',
  tiered: 'there is no tiered storage',
  share: 'there are no share groups and no streams groups',
  listener:
    'listeners have no settings of their own: security is not there yet, and limits hold for all of them together',
  security: 'security is not there yet: every client may do everything',
  telemetry: 'clients push no telemetry here',
  removed: 'Kafka itself has not used it for years',
  fixed: 'the defaults of Kafka hold for every group',
} as const
