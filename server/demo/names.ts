import type { Random } from './random.ts';

/**
 * Invented names. No real person's name can arise by chance, because each script is composed from
 * what people are not called: Han names begin with a character that is not a surname; Uyghur ones
 * are two common nouns side by side; Latin ones are built from syllables that end in no name.
 */
export interface InventedName {
  name: string;
  /** BCP 47, for the script. */
  locale: 'zh-Hans' | 'zh-Hant' | 'ug' | 'en' | 'tr' | 'es' | 'de';
  /** Lower-case Latin; made unique by the caller. */
  handle: string;
}

// Each entry: Simplified, Traditional, a Latin sound for the handle.
const HAN_FIRST = pairs(
  '屿嶼yu 汀汀ting 霁霽ji 澜瀾lan 岫岫xiu 栀梔zhi 萤螢ying 砚硯yan 檐簷yan 笺箋jian 黛黛dai 霰霰xian 芷芷zhi 苇葦wei 榕榕rong 鹭鷺lu 鸢鳶yuan 溪溪xi 桐桐tong 雁雁yan 枫楓feng 汐汐xi 峦巒luan 荻荻di',
);
const HAN_MIDDLE = pairs(
  '清清qing 听聽ting 知知zhi 悬懸xuan 一一yi 望望wang 见見jian 如如ru 归歸gui 眠眠mian 半半ban 照照zhao 泊泊bo 醒醒xing 待待dai 渡渡du 拾拾shi 怀懷huai 闻聞wen 初初chu',
);
const HAN_LAST = pairs(
  '禾禾he 舟舟zhou 岸岸an 灯燈deng 桥橋qiao 雨雨yu 茶茶cha 灰灰hui 石石shi 木木mu 风風feng 谷谷gu 墨墨mo 沙沙sha 果果guo 帆帆fan 雀雀que 篱籬li 窗窗chuang 麦麥mai 星星xing 池池chi 棋棋qi 烟煙yan',
);

// Common nouns with a Latin spelling for the handle; none of them is a given name.
const UYGHUR_NOUNS = (
  'تاڭ tang|بۇلاق bulaq|تاغ tagh|ئورمان orman|يامغۇر yamghur|شامال shamal|يوپۇرماق yopurmaq|كۆل kol|' +
  'ئالما alma|ئۈزۈم uzum|قەلەم qelem|پىيالە piyale|ئەينەك eynek|كۆۋرۈك kowruk|كېمە keme|' +
  'قوڭغۇراق qongghuraq|ياڭاق yangaq|نەشپۈت neshput|بۇلۇت bulut|قار qar|تۇمان tuman|قىرغاق qirghaq|' +
  'ئارال aral|ئېدىر edir|كىتاب kitab|دېرىزە derize|قاقچا qaqcha|چوڭقۇر chongqur|كەكلىك keklik|توشقان toshqan'
)
  .split('|')
  .map((entry) => entry.split(' ') as [word: string, latin: string]);

interface LatinStyle {
  locale: InventedName['locale'];
  given: [starts: string[], ends: string[]];
  family: [starts: string[], ends: string[]];
}
const LATIN: LatinStyle[] = [
  {
    locale: 'en',
    given: [list('Vel Bren Tam Ors Quil Nar Fen Ild'), list('oska imber udra ethin avoy issel')],
    family: [list('Cald Mor Thrup Esk Wend Garr Pell'), list('uvane astrow inquith olmer eddick')],
  },
  {
    locale: 'tr',
    given: [list('Şev Çıl Göz Ül Tım Ber'), list('ümra ıvan örel ışta eçin')],
    family: [list('Kıv Dör Yağ Sün Tep'), list('ulgöz ıranç ötmez avşun ekdil')],
  },
  {
    locale: 'es',
    given: [list('Ñal Zor Quen Ibr Lu'), list('édara ónimo ízal unela áriz')],
    family: [list('Tavr Olm Cerd Vizg Anz'), list('ánduro iñete ósaga uértana éllosa')],
  },
  {
    locale: 'de',
    given: [list('Wölf Jör Hül Brä Ger'), list('inde kasch otlieb asmut emar')],
    family: [list('Grünz Plöh Schar Knütt Oste'), list('erlauch ingrath ofenau ellbein ußwald')],
  },
];

/** Invents one name. */
export function inventName(random: Random): InventedName {
  const kind = random.next();
  if (kind < 0.34) return inventHan(random, 'zh-Hans');
  if (kind < 0.5) return inventHan(random, 'zh-Hant');
  if (kind < 0.7) return inventUyghur(random);
  return inventLatin(random, random.pick(LATIN));
}

function inventHan(random: Random, locale: 'zh-Hans' | 'zh-Hant'): InventedName {
  const parts = [random.pick(HAN_FIRST), random.pick(HAN_MIDDLE), random.pick(HAN_LAST)];
  const written = parts.map((part) => (locale === 'zh-Hans' ? part.simplified : part.traditional));
  return { name: written.join(''), locale, handle: parts.map((part) => part.sound).join('') };
}

function inventUyghur(random: Random): InventedName {
  const [word, latin] = random.pick(UYGHUR_NOUNS);
  const [other, otherLatin] = random.pick(UYGHUR_NOUNS.filter(([noun]) => noun !== word));
  return { name: `${word} ${other}`, locale: 'ug', handle: `${latin}_${otherLatin}` };
}

function inventLatin(random: Random, { locale, given, family }: LatinStyle): InventedName {
  const compose = ([starts, ends]: [string[], string[]]) => random.pick(starts) + random.pick(ends);
  const name = `${compose(given)} ${compose(family)}`;
  return { name, locale, handle: plainLatin(name) };
}

const NO_DECOMPOSITION: Record<string, string> = { ı: 'i', ß: 'ss' };

function plainLatin(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[ıß]/g, (letter) => NO_DECOMPOSITION[letter] ?? '')
    .replace(/ /g, '_')
    .replace(/[^a-z_]/g, '');
}

function pairs(text: string) {
  return text.split(' ').map((entry) => {
    const [simplified, traditional, ...sound] = [...entry];
    return {
      simplified: simplified as string,
      traditional: traditional as string,
      sound: sound.join(''),
    };
  });
}

function list(text: string): string[] {
  return text.split(' ');
}
