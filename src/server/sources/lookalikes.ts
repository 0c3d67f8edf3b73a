/** Letters that look like Latin ones, in pairs: the letter and what it looks like. */
const PAIRS = `
  аa еe іi јj оo рp сc уy хx ѕs һh ԁd ԛq ԝw кk ӏl ѵv үy
  АA ВB ЕE ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ЅS ԌG ԚQ ԜW ӀI ҮY
  αa ιi κk νv οo ρp υu χx γy
  ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX
  օo սu հh ոn ցg յj զq ՕO ՏS ԼL ՍU
  ıi ɑa ɡg ɩi ʏy ꞌ'
`;
const LATIN = new Map(
  PAIRS.trim()
    .split(/\s+/)
    .map((pair) => [pair[0], pair[1]]),
);

/** Signs that look alike whatever the case of the letters around them. */
const SAME = new Map([
  ['I', 'l'],
  ['1', 'l'],
  ['|', 'l'],
  ['0', 'O'],
]);

/** Whether two different names can be taken for each other: but for case, or by letters that look alike. */
export function looksAlike(one: string, other: string): boolean {
  if (one === other) return false;
  return folded(one) === folded(other) || shape(one) === shape(other);
}

/** The same for names that differ only by case. */
const folded = (name: string) => inLatin(name.normalize('NFKC').toUpperCase().toLowerCase());

/** The same for names that look the same. */
const shape = (name: string) =>
  [...inLatin(name.normalize('NFKC'))]
    .map((sign) => SAME.get(sign) ?? sign)
    .join('')
    .toLowerCase();

const inLatin = (name: string) =>
  [...name.normalize('NFD')]
    .map((sign) => LATIN.get(sign) ?? sign)
    .join('')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/[‘’ʼ`´]/g, "'")
    .replace(/\s+/g, ' ');
