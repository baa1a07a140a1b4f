/** Jars of the real counterparts, by name from Maven, kept in a cache folder between runs. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tidy/tree.ts'
import { build } from './toolchain.ts'

/** `group:artifact:version`. */
export type Coordinate = `${string}:${string}:${string}`

const dependency = (coordinate: Coordinate): string => {
  const [group, artifact, version] = coordinate.split(':')
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`
}

const pom = (name: string, coordinates: readonly Coordinate[]): string =>
  `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>millrace.interop</groupId><artifactId>${name}</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${coordinates.map(dependency).join('\n')}</dependencies></project>`

/** The class path (`<folder>/*`) with the jars of these coordinates and all they need. Fetches them at the first use. */
export const jars = (name: string, coordinates: readonly Coordinate[]): string => {
  const folder = join(root, 'node_modules', '.cache', 'interop', name)
  const lib = join(folder, 'lib')
  const done = join(folder, 'complete')
  if (!existsSync(done)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'pom.xml'), pom(name, coordinates))
    build('mvn', ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`], folder)
    writeFileSync(done, coordinates.join('\n'))
  }
  return `${lib}/*`
}

export const kafka43 = (): string =>
  jars('kafka-4.3.1', [
    'org.apache.kafka:kafka_2.13:4.3.1',
    'org.apache.kafka:kafka-tools:4.3.1',
    'org.apache.logging.log4j:log4j-slf4j-impl:2.24.3',
  ])

/** The client jar of a Java client since 0.9, with a log that says only what goes wrong. */
export const kafkaClients = (version: string): string =>
  jars(`kafka-clients-${version}`, [`org.apache.kafka:kafka-clients:${version}`, 'org.slf4j:slf4j-simple:1.7.36'])

/** Broker and tools of a release before 3, of which only the tools are run. */
export const kafkaBefore3 = (version: string, scala: string): string =>
  jars(`kafka-${version}`, [
    `org.apache.kafka:kafka_${scala}:${version}`,
    `org.apache.kafka:kafka-tools:${version}`,
    'javax.xml.bind:jaxb-api:2.3.1',
  ])

export const kafkaStreams = (version: string): string =>
  jars(`kafka-streams-${version}`, [`org.apache.kafka:kafka-streams:${version}`, 'org.slf4j:slf4j-nop:1.7.36'])

export const kafkaConnect = (version: string): string =>
  jars(`kafka-connect-${version}`, [
    `org.apache.kafka:connect-runtime:${version}`,
    `org.apache.kafka:connect-file:${version}`,
    'org.slf4j:slf4j-simple:1.7.36',
  ])

/** The old clients, in Scala, came with the broker. */
export const kafka082 = (): string => jars('kafka-0.8.2.2', ['org.apache.kafka:kafka_2.11:0.8.2.2'])

export const flume111 = (): string =>
  jars('flume-1.11.0', [
    'org.apache.flume:flume-ng-node:1.11.0',
    'org.apache.flume:flume-ng-sdk:1.11.0',
    'org.slf4j:slf4j-simple:1.7.36',
  ])

/** The same with the source that follows files. */
export const flume111Taildir = (): string =>
  jars('flume-1.11.0-taildir', [
    'org.apache.flume:flume-ng-node:1.11.0',
    'org.apache.flume:flume-ng-sdk:1.11.0',
    'org.apache.flume.flume-ng-sources:flume-taildir-source:1.11.0',
    'org.slf4j:slf4j-simple:1.7.36',
  ])

export const flumeFileChannel19 = (): string =>
  jars('flume-file-channel-1.9.0', [
    'org.apache.flume.flume-ng-channels:flume-file-channel:1.9.0',
    'org.slf4j:slf4j-simple:1.7.36',
  ])

export const hadoop33 = (): string => jars('hadoop-3.3.6', ['org.apache.hadoop:hadoop-common:3.3.6'])

/** Kafka's last release with ZooKeeper, and the ZooKeeper that it needs. */
export const kafka39 = (): string =>
  jars('kafka-3.9.1', [
    'org.apache.kafka:kafka_2.13:3.9.1',
    'org.apache.kafka:kafka-tools:3.9.1',
    'org.slf4j:slf4j-reload4j:1.7.36',
  ])
