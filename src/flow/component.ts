/** Definitions of components: a settings table and how to create one from checked values. Lists of them stand in `sources/index.ts` and its like. */
import type { Definition, SettingsTable, Values } from '../config/setting.ts'
import type { Channel } from './channel.ts'
import type { Context, SourceContext } from './context.ts'
import type { Interceptor } from './interceptor.ts'
import type { Serializer } from './serializer.ts'
import type { Sink } from './sink.ts'
import type { Source } from './source.ts'

/** `create` touches nothing outside: it opens no file and binds no port. It may be asynchronous, to load a library when first needed. */
export interface ComponentDefinition<T extends SettingsTable, C, Ctx extends Context = Context> extends Definition<T> {
  create(values: Values<T>, context: Ctx): C | Promise<C>
}

export type SourceDefinition<T extends SettingsTable = SettingsTable> = ComponentDefinition<T, Source, SourceContext>
export type ChannelDefinition<T extends SettingsTable = SettingsTable> = ComponentDefinition<T, Channel>
export type SinkDefinition<T extends SettingsTable = SettingsTable> = ComponentDefinition<T, Sink>
export type InterceptorDefinition<T extends SettingsTable = SettingsTable> = ComponentDefinition<T, Interceptor>
export type SerializerDefinition<T extends SettingsTable = SettingsTable> = ComponentDefinition<T, Serializer>

/** Each gives the definition back with its settings' types inferred, widened so that lists can hold it. */
export const defineSource = <const T extends SettingsTable>(d: SourceDefinition<T>): SourceDefinition => d
export const defineChannel = <const T extends SettingsTable>(d: ChannelDefinition<T>): ChannelDefinition => d
export const defineSink = <const T extends SettingsTable>(d: SinkDefinition<T>): SinkDefinition => d
export const defineInterceptor = <const T extends SettingsTable>(d: InterceptorDefinition<T>): InterceptorDefinition =>
  d
export const defineSerializer = <const T extends SettingsTable>(d: SerializerDefinition<T>): SerializerDefinition => d
