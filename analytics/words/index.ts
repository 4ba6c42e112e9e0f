/**
 * words of detection: what it says of what it found, a file a language, complete by type. In: names of the catalog and
 * figures. Out: one text in every language.
 */
import { type EveryText, everyText, type Language, say, type Text } from '../../core/index.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import type { Sentences } from './sentences.ts'
import { zh } from './zh.ts'

const sentences: Record<Language, Sentences> = { en, zh, de }

/** A text, in the language that is being said. */
type In = (text: Text) => string

/** Says it in each language: by its sentences, with the catalog's names in that language. */
export const inWords = (of: (sentences: Sentences, named: In) => string): EveryText =>
  everyText((language) => of(sentences[language], (text) => say(text, language)))
