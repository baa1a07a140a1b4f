/** What a component of one's own imports from the package: how to define it, the kinds of settings, and the types of what flows. */
export type { Finding, Setting, SettingsTable, Values } from '../config/setting.ts'
export * as settings from '../config/setting-kinds.ts'
export type { Log } from '../base/log.ts'
export { Fault } from '../base/faults.ts'
export type { Channel, Take } from './channel.ts'
export {
  defineChannel,
  defineInterceptor,
  defineSerializer,
  defineSink,
  defineSource,
  type ChannelDefinition,
  type InterceptorDefinition,
  type SerializerDefinition,
  type SinkDefinition,
  type SourceDefinition,
} from './component.ts'
export type { Context, SourceContext } from './context.ts'
export { type Batch, type Event, type Headers, noHeaders, PlainEvent } from './event.ts'
export { type Interceptor, withHeaders } from './interceptor.ts'
export { type Receipt, settledReceipt } from './receipt.ts'
export type { Serializer } from './serializer.ts'
export { Rejected, type Sink } from './sink.ts'
export type { Deliver, Source } from './source.ts'
