/**
 * What is kept of a topic beside its records: in each partition's folder its id (`partition.metadata`, Kafka's file), and in that of partition 0 the
 * settings it overrides (`topic.properties`, ours; Kafka keeps them elsewhere and passes over the file).
 */
import { join } from 'node:path'
import type { Disk } from '../../io/disk.ts'
import { readWhole, replaceWhole, syncFile, syncFolder, writeWhole } from '../log/whole-file.ts'

const metadataFile = 'partition.metadata'
const configFile = 'topic.properties'
const configHead = '# Settings of this topic, kept by Millrace. Change them with kafka-configs.'
/** The last line; without it the file was not written to its end. */
const configEnd = '# end'

/** 16 bytes in URL-safe base64. */
const idPattern = /^topic_id: ([A-Za-z0-9_-]{22})$/m

/** The id of the topic that the folder belongs to, or undefined when that is not known. */
export const readTopicId = (disk: Disk, folder: string): string | undefined =>
  idPattern.exec(readWhole(disk, join(folder, metadataFile))?.toString() ?? '')?.[1]

export const writeTopicId = (disk: Disk, folder: string, id: string): void =>
  writeWhole(disk, join(folder, metadataFile), `version: 0\ntopic_id: ${id}`)

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')

const unescaped = (value: string): string =>
  value.replaceAll(/\\(.)/g, (_, letter: string) => ({ n: '\n', r: '\r' })[letter] ?? letter)

/** Whether we ever wrote down what the topic overrides. */
export const hasTopicConfigs = (disk: Disk, folder: string): boolean =>
  disk.stat(join(folder, configFile)) !== undefined

/** The settings that the topic overrides; empty without a file, undefined when the file is damaged. */
export const readTopicConfigs = (disk: Disk, folder: string): Map<string, string> | undefined => {
  const text = readWhole(disk, join(folder, configFile))?.toString()
  if (text === undefined) return new Map()
  const lines = text.trimEnd().split('\n')
  if (lines.at(-1) !== configEnd) return undefined
  const configs = new Map<string, string>()
  for (const line of lines) {
    const at = line.indexOf('=')
    if (!line.startsWith('#') && at > 0) configs.set(line.slice(0, at), unescaped(line.slice(at + 1)))
  }
  return configs
}

const configText = (configs: ReadonlyMap<string, string>): string => {
  const lines = Array.from(configs, ([name, value]) => `${name}=${escaped(value)}`)
  return [configHead, ...lines, configEnd, ''].join('\n')
}

/** `isForced`: also where there is nothing to say. */
export const writeTopicConfigs = (
  disk: Disk,
  folder: string,
  configs: ReadonlyMap<string, string>,
  isForced = false,
): void => {
  if (configs.size > 0 || isForced) writeWhole(disk, join(folder, configFile), configText(configs))
}

/** Resolves when the new settings would survive a power cut; until then the old ones do. One call for a folder at a time. */
export const replaceTopicConfigs = (disk: Disk, folder: string, configs: ReadonlyMap<string, string>): Promise<void> =>
  replaceWhole(disk, join(folder, configFile), configText(configs))

/** Makes both files of partition 0 last. */
export const syncTopicFiles = async (disk: Disk, folder: string): Promise<void> => {
  for (const name of [metadataFile, configFile])
    if (disk.stat(join(folder, name)) !== undefined) await syncFile(disk, join(folder, name))
  await syncFolder(disk, folder)
}
