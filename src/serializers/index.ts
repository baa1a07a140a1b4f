/** Every serializer there is. Deleting a folder and its line here removes that serializer. */
import type { SerializerDefinition } from '../flow/component.ts'
import { avroEvent } from './avro_event/avro_event.ts'
import { headerAndText } from './header_and_text/header_and_text.ts'
import { text } from './text/text.ts'

export const serializers: readonly SerializerDefinition[] = [avroEvent, headerAndText, text]
