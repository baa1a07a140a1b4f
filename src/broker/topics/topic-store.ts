/**
 * All topics of this broker: found in the log folders at the start, created and deleted while it runs. What is known of a topic lies in the
 * folders of its partitions, so there is no list that could differ from them.
 */
import { Fault, reasonOf } from '../../base/faults.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { orStorageError, rethrowUnlessDisk } from '../log/disk-errors.ts'
import type { LogFolder } from '../log/log-folder.ts'
import { LogFolders } from '../log/log-folders.ts'
import type { Meta } from '../log/meta-properties.ts'
import { OpenFiles } from '../log/open-files.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { Removal } from '../log/removal.ts'
import { agreeOn, newUuid } from './identity.ts'
import { PartitionFolders } from './partition-folders.ts'
import { PartitionMoves } from './partition-moves.ts'
import { TakeOver } from './take-over.ts'
import { checkGrowth, checkNewTopic, checkUnique } from './topic-check.ts'
import { checkTogether, checkTopicConfigs, logSettings, topicValues, type Given } from './topic-config.ts'
import { TopicSettling } from './topic-settling.ts'
import { TopicList, type ListedTopic } from './topic-list.ts'
import type { TopicStoreOptions } from './topic-store-options.ts'
import { findTopics, type FoundTopic } from './topic-loader.ts'
import { isInternal } from './topic-name.ts'
import type { NewTopic, Topic } from './topic-types.ts'

/** Opens all folders and the topics in them. Throws Faults about the folders, and system errors. */
export const openTopicStore = async (options: TopicStoreOptions): Promise<TopicStore> => {
  if (options.folders.length === 0) throw new Fault('BAD_SETTING', { setting: 'log.dirs', problem: 'names no folder' })
  const { disk, clock, log } = options
  const files = new OpenFiles(disk, options.openFilesMax)
  const removal = new Removal(disk, clock, log)
  const folders = new LogFolders({ ...options, files, removal })
  try {
    const identity = agreeOn(folders.all, options.brokerId, options.random)
    const store = new TopicStore(options, folders, identity, removal)
    await store.begin()
    return store
  } catch (thrown) {
    folders.release()
    throw thrown
  }
}

const missingTopic = (name: string): KafkaFault =>
  new KafkaFault('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)

/** Errors are KafkaFaults. */
export class TopicStore implements AsyncDisposable {
  /** 22 characters, the same in every log folder. */
  readonly clusterId: string
  readonly brokerId: number
  readonly #options: TopicStoreOptions
  readonly #folders: LogFolders
  readonly #list: TopicList
  readonly #identity: Meta
  readonly #takeOver: TakeOver
  readonly #partitions: PartitionFolders
  /** From one log folder to another. */
  readonly moves: PartitionMoves
  readonly #removal: Removal
  readonly #topics = new Map<string, Topic>()
  readonly #byId = new Map<string, Topic>()
  /** Folders found at the start that are no part of any topic. */
  #leftOver: readonly string[] = []
  readonly #settling: TopicSettling

  constructor(options: TopicStoreOptions, folders: LogFolders, identity: Meta, removal: Removal) {
    const { disk, log } = options
    this.#options = options
    this.#folders = folders
    this.brokerId = identity.brokerId
    this.clusterId = identity.clusterId
    this.#partitions = new PartitionFolders(options, folders)
    this.#removal = removal
    this.moves = new PartitionMoves({
      ...options,
      folders,
      removal,
      wished: this.#partitions.wished,
      isCurrent: (one) => this.get(one.topic)?.partitions[one.partition] === one,
      replace: (old, by) => this.#replace(old, by),
    })
    this.#identity = identity
    this.#takeOver = new TakeOver(disk, log, folders.all)
    this.#list = new TopicList(disk, folders.areSeveral ? folders.all.map(({ path }) => path) : [])
    this.#settling = new TopicSettling({
      folders,
      partitions: this.#partitions,
      list: this.#list,
      log,
      topics: () => this.#topics.values(),
    })
    this.#loadAll()
  }

  /** The folders are this broker's from now on. Before, nothing was written but what a topic that is taken over obeys. Rejects with system errors. */
  async begin(): Promise<void> {
    await this.#takeOver.settle()
    await this.#folders.begin(this.#identity)
    // clients may ask for topics of these names from now on
    this.#removal.remove(this.#partitions.clearAway(this.#leftOver), 0)
    if (this.#folders.areSeveral) void this.#settling.flush()
  }

  /** Paths of the log folders that could not be opened. */
  get unreadable(): readonly string[] {
    return this.#folders.unreadable
  }

  /** One for each of `log.dirs`. */
  get folders(): readonly LogFolder[] {
    return this.#folders.all
  }

  get(name: string): Topic | undefined {
    return this.#topics.get(name)
  }

  byId(id: string): Topic | undefined {
    return this.#byId.get(id)
  }

  /** Throws UNKNOWN_TOPIC_OR_PARTITION. */
  partition(topic: string, partition: number): PartitionLog {
    const log = this.#topics.get(topic)?.partitions[partition]
    if (log === undefined) throw new KafkaFault('UNKNOWN_TOPIC_OR_PARTITION', `There is no ${topic}-${partition}`)
    return log
  }

  /** In the order of their names. */
  list(): readonly Topic[] {
    return Array.from(this.#topics.values()).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /**
   * Checks and creates. Throws INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_CONFIG or
   * KAFKA_STORAGE_ERROR. The topic is there at once; `settled` says when it would survive a power cut.
   */
  create(topic: NewTopic): Topic {
    const { name, configs = new Map<string, string>(), validateOnly = false } = topic
    const count = checkNewTopic(topic, this.#options.partitionsDefault)
    checkUnique(name, this.#topics.keys())
    const id = newUuid(this.#options.random)
    const values = topicValues(configs, this.#options.given)
    checkTogether(values)
    const settings = logSettings(values)
    const make = (): PartitionLog[] => this.#partitions.make(name, id, count, configs, settings)
    const partitions = validateOnly ? [] : orStorageError(`Topic ${name} cannot be created`, make)
    const created: Topic = { name, id, partitions, configs, internal: isInternal(name) }
    if (!validateOnly) this.#add(created)
    if (!validateOnly) this.#settling.begin(name)
    return created
  }

  /**
   * Gives a topic more partitions, `count` in all. Throws UNKNOWN_TOPIC_OR_PARTITION, INVALID_PARTITIONS, INVALID_TOPIC_EXCEPTION for
   * a topic of the broker's own, whose records are found by the number of its partitions, or KAFKA_STORAGE_ERROR. Who held the topic asks for it again.
   */
  grow(name: string, count: number, validateOnly = false): void {
    const topic = this.#known(name)
    checkGrowth(topic, count)
    if (validateOnly) return
    const { id, configs, partitions } = topic
    const settings = logSettings(topicValues(configs, this.#options.given))
    const growth = { from: partitions.length, count, configs, settings }
    const grow = (): PartitionLog[] => this.#partitions.grow(name, id, growth)
    const more = orStorageError(`Topic ${name} cannot get more partitions`, grow)
    this.#add({ ...topic, partitions: [...partitions, ...more] })
    this.#settling.begin(name)
  }

  /**
   * Replaces the settings that a topic overrides; they hold from the moment in which it resolves, and would survive a power cut. Rejects with
   * UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG or KAFKA_STORAGE_ERROR. One call for a topic at a time.
   */
  async alter(name: string, configs: Given, validateOnly = false): Promise<void> {
    const topic = this.#known(name)
    checkTopicConfigs(configs)
    checkTogether(topicValues(configs, this.#options.given))
    if (validateOnly) return
    await this.#partitions.replaceConfigs(topic, configs)
    const now = this.get(name)
    if (now?.id !== topic.id) throw missingTopic(name)
    this.#add({ ...now, configs })
    this.#obey(configs, now.partitions)
    if (this.#folders.areSeveral) this.#settling.begin(name)
  }

  /** What `given` says has changed: topics that do not override it follow. */
  followBroker(): void {
    for (const { configs, partitions } of this.#topics.values()) this.#obey(configs, partitions)
  }

  /** Throws UNKNOWN_TOPIC_OR_PARTITION or KAFKA_STORAGE_ERROR. The folders are out of sight at once, their bytes go a little later. */
  delete(name: string): void {
    const topic = this.#known(name)
    // what lies in a folder that cannot be written would come back with it
    if (topic.partitions.some((log) => log.isOffline))
      throw new KafkaFault('KAFKA_STORAGE_ERROR', `Topic ${name} has partitions that are offline`)
    this.#topics.delete(name)
    this.#byId.delete(topic.id)
    const failures = topic.partitions.flatMap((log) => this.#hide(name, log) ?? [])
    this.#settling.begin(name)
    if (failures[0] !== undefined) throw failures[0]
  }

  /** Whatever becomes of its folder, the log is closed and forgotten. */
  #hide(name: string, log: PartitionLog): KafkaFault | undefined {
    try {
      const path = orStorageError(`Topic ${name} cannot be removed`, () => this.#partitions.hide(log))
      if (path !== undefined) this.#removal.remove([path], log.settings.fileDeleteDelayMs)
      return undefined
    } catch (thrown) {
      if (thrown instanceof KafkaFault) return thrown
      throw thrown
    }
  }

  /** Resolves when everything created and deleted so far would survive a power cut, as far as the disk allows. */
  settled(): Promise<void> {
    return this.#settling.settled()
  }

  /** Resolves when it would survive a power cut where each log begins now. Rejects with KAFKA_STORAGE_ERROR. */
  async keepLogStarts(): Promise<void> {
    try {
      await this.#folders.keepLogStarts()
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      throw new KafkaFault('KAFKA_STORAGE_ERROR', `Where logs begin cannot be noted: ${reasonOf(thrown)}`)
    }
  }

  /** Syncs and closes all logs and lets the folders go. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.moves[Symbol.asyncDispose]()
    this.#removal[Symbol.dispose]()
    await this.#settling.flush()
    await this.#folders.close()
  }

  #known(name: string): Topic {
    const topic = this.#topics.get(name)
    if (topic === undefined) throw missingTopic(name)
    return topic
  }

  #loadAll(): void {
    const isComplete = this.#folders.unreadable.length === 0
    const { topics, leftOver } = findTopics(this.#options.disk, this.#folders.all, isComplete)
    this.#leftOver = [...leftOver, ...this.#folders.unfinished]
    const listed = isComplete ? new Map<string, ListedTopic>() : this.#list.found
    const names = new Set(topics.map(({ name }) => name))
    const elsewhere = Array.from(listed.values()).filter(({ name }) => !names.has(name))
    for (const found of topics) this.#load(found, listed.get(found.name))
    for (const topic of elsewhere) this.#load({ name: topic.name, id: topic.id, partitions: [] }, topic)
  }

  /** `listed`: what another folder says of it, where one cannot be read. */
  #load(found: FoundTopic, listed: ListedTopic | undefined): void {
    const id = found.id ?? listed?.id ?? newUuid(this.#options.random)
    const configs = this.#takeOver.configsOf(found) ?? this.#partitions.settings.of(found, listed)
    const settings = logSettings(topicValues(configs, this.#options.given))
    const partitions = this.#partitions.load(found, id, settings, listed?.partitions ?? 0)
    this.#add({ name: found.name, id, partitions, configs, internal: isInternal(found.name) })
  }

  #obey(configs: Given, partitions: readonly PartitionLog[]): void {
    const settings = logSettings(topicValues(configs, this.#options.given))
    for (const log of partitions) log.settings = settings
  }

  #replace(old: PartitionLog, by: PartitionLog): void {
    const topic = this.#topics.get(old.topic)
    if (topic !== undefined)
      this.#add({ ...topic, partitions: topic.partitions.map((log) => (log === old ? by : log)) })
  }

  #add(topic: Topic): void {
    this.#topics.set(topic.name, topic)
    this.#byId.set(topic.id, topic)
  }
}
