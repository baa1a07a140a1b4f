/** Every component by its kind, with the settings that all of the kind have. */
import { channelSettings, groupSettings, sinkSettings, sourceSettings } from '../config/common-settings.ts'
import type { Definition, SettingsTable } from '../config/setting.ts'

export const componentKinds = [
  'source',
  'channel',
  'sink',
  'interceptor',
  'serializer',
  'selector',
  'processor',
] as const
export type ListedKind = (typeof componentKinds)[number]

export interface ListedComponent {
  readonly kind: ListedKind
  readonly definition: Definition
  readonly common: SettingsTable
}

const commonSettings: Readonly<Record<ListedKind, SettingsTable>> = {
  source: sourceSettings,
  channel: channelSettings,
  sink: sinkSettings,
  interceptor: {},
  serializer: {},
  selector: {},
  processor: groupSettings,
}

/** In the order of their lists. */
export const listedComponents = async (): Promise<readonly ListedComponent[]> => {
  const { registry } = await import('./registry.ts')
  const { serializers } = await import('../serializers/index.ts')
  const lists: Readonly<Record<ListedKind, readonly Definition[]>> = {
    source: registry.sources,
    channel: registry.channels,
    sink: registry.sinks,
    interceptor: registry.interceptors,
    serializer: serializers,
    selector: registry.selectors,
    processor: registry.processors,
  }
  return componentKinds.flatMap((kind) =>
    lists[kind].map((definition) => ({ kind, definition, common: commonSettings[kind] })),
  )
}
