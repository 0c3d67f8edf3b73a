/**
 * Which names are names of secrets. A name is compared in two forms: as one word of letters without case, accents, signs
 * and digits (`user_Passwort2` → `userpasswort`), in which a long stem is found wherever it stands; and as the words that
 * it is made of (`user`, `passwort`), for short ones that are found in too many other words.
 */

/** The words of a text. */
const list = (text: string) => text.trim().split(/\s+/);

/** Stems that name a secret wherever they stand. Written as they are; accents and case do not matter. */
const STEMS = [
  // English, and names that systems use whose authors speak another language
  ...list(`
    password passwd passwrd pasword passphrase passcode passkey pswd pwd pword secret credential
    token authorization authorisation keytab connectionstring seedphrase apikey accesskey authkey
    privatekey privkey signingkey encryptionkey encryptkey aeskey decryptionkey decryptkey cryptokey
    masterkey sharedkey sessionkey storagekey sshkey hmackey recoverykey sessionid sessid
    sessioncookie authcookie setcookie recoverycode backupcode verificationcode securitycode
    onetimecode authcode securityanswer`),
  // Directories
  ...list(`
    pkcs krbprincipalkey trustauthincoming trustauthoutgoing keypackage passwordhash pwhash`),
  // German, Dutch, and the languages of the north
  ...list(`
    passwort kennwort losungswort geheimnis geheimzahl geheimschlüssel privatschlüssel
    privaterschlüssel apischlüssel zugangsdaten zugangsschlüssel zugangscode anmeldedaten wachtwoord
    toegangscode privesleutel geheimesleutel passord kodeord adgangskode lösenord hemlighet
    hemmelighed hemmelighet salasana lykilorð`),
  // French, Spanish, Portuguese, Italian, Romanian
  ...list(`
    motdepasse motpasse jeton cléprivée cléapi clédapi clédaccès contraseña contrasenya claveprivada
    claveapi clavedeapi claveacceso clavedeacceso credencia senha palavrapasse segredo chaveprivada
    chaveapi chavedeapi chavedeacesso chaveacesso segret credenzial chiaveprivata chiaveapi
    chiavediaccesso paroladordine paroladaccesso paroladiaccesso`),
  // Polish, Czech, Slovak, Hungarian, Turkish, Indonesian, Malay, Vietnamese
  ...list(`
    hasło kluczprywatny heslo jelszó jelszav privátkulcs titkoskulcs şifre gizlianahtar katasandi
    katalaluan rahasia kuncirahsia mậtkhẩu khóabímật khóariêng`),
  // Russian, Ukrainian, Bulgarian, Greek
  ...list(`
    парол секрет токен закрытыйключ приватныйключ приватнийключ ключдоступа ключдоступу лозинка
    κωδικόςπρόσβασης κωδικοςπροσβασης συνθηματικ μυστικόκλειδί`),
  // Arabic, Hebrew, Persian, Hindi, Thai
  ...list(`
    كلمةالمرور كلمهالمرور كلمةمرور كلمةالسر الرقمالسري סיסמה סיסמא סיסמת رمزعبور گذرواژه पासवर्ड
    कूटशब्द รหัสผ่าน`),
  // Chinese, Japanese, Korean
  ...list(`
    密码 密碼 口令 密钥 密鑰 秘钥 秘鑰 私钥 私鑰 令牌 验证码 驗證碼 登录凭证 访问凭证 登入憑證 存取金鑰 金鑰 パスワード パスフレーズ パスコード 暗証番号 秘密鍵 暗号鍵 合言葉
    トークン シークレット アクセスキー クレデンシャル apiキー 비밀번호 암호 패스워드 토큰 비밀키 개인키 시크릿 인증키`),
];

/** Words that name a secret when they stand for themselves: `dbPass`, `user_pw`, `SALT`. */
const WORDS = list(`
  pass pw psk jwt otp totp hotp salt cvv cvc bearer cookie nthash lmhash ntlmhash mdp mdpasse
  parola parolă sandi hesla tajemství`);

/** Words that name a secret when nothing stands after them: `PIN` and `userPin`, not `pinCode`, which is a postcode. */
const LAST_WORDS = ['pin', 'clave', 'clef'];

/** Neighbours that name a secret together. */
const PAIRS = [
  'pass word',
  'pass phrase',
  'secret key',
  'sign key',
  'rsa key',
  'crypt key',
  'mot passe',
  'nt hash',
  'lm hash',
  'ntlm hash',
];

/** Short words that are written together with what stands before them. */
const ENDINGS =
  /(?:^|user|db|database|sql|smtp|imap|mail|ftp|bind|root|admin|ldap|proxy|login|auth|account|wifi|sms)(?:pass|pw|pin|otp)$/;

/** What has a stem in it and is none: taken out before stems are looked for. */
const HARMLESS = list(`
  passport passenger secretar secretair secretion segretar sekretar секретар tokeniz tokenis
  passwordless cookieless resenha desenha secretaire credenciad jetonn`);

/** Names of what is known about a secret, and is none: times, counts and rules. */
const ABOUT = new RegExp(
  [
    'lastset|badpasswordtime|change(?:d|date|time|tz)(?:at|on)?|expir(?:y|es|ed|ation)(?:at|on|in|date|time|timecomputed)?',
    'polic(?:y|ies)|length|(?<!ac|dis)count|attempts|^(?:max|min).*age|lifetime|ttl|pwdproperties',
  ]
    .map((ends) => `(?:${ends})$`)
    .join('|'),
);

/** Letters that no decomposition turns into plain ones. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  ł: 'l',
  Ł: 'L',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
  ð: 'd',
};

const withoutAccents = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßłŁøØđĐıð]/g, (letter) => PLAIN[letter]);

/** Letters only, small, without accents. */
const asOneWord = (name: string) => withoutAccents(withoutAccents(name).toLowerCase()).replace(/[^\p{L}]/gu, '');

/** The words that a name is made of, small, without accents, digits at their ends and a plural s. */
const asWords = (name: string) =>
  withoutAccents(name)
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .map((word) => word.replace(/\d+$/, '').replace(/(?<=[a-z]{2}[^s])s$/, ''))
    .filter((word) => word !== '');

const anyOf = (stems: readonly string[]) => new RegExp([...new Set(stems.map(asOneWord))].join('|'), 'u');
const STEM = anyOf(STEMS);
const HARMLESS_STEM = new RegExp(anyOf(HARMLESS).source, 'gu');
const WORD = new Set(WORDS.map(asOneWord));
const LAST_WORD = new Set(LAST_WORDS);
const PAIR = new Set(PAIRS);

/** Longer names are compared by their beginning and their end, in characters. */
const COMPARED_LENGTH = 128;

/** Whether a key names a secret: `password`, `userPasswords`, `client_secret`, `unicodePwd`, `Kennwort`, `密码`, … */
export function namesSecret(key: string): boolean {
  const isLong = key.length > 2 * COMPARED_LENGTH;
  const name = isLong ? `${key.slice(0, COMPARED_LENGTH)} ${key.slice(-COMPARED_LENGTH)}` : key;
  const letters = asOneWord(name).replace(HARMLESS_STEM, ' ');
  if (!STEM.test(letters) && !ENDINGS.test(letters) && !hasSecretWord(asWords(name))) return false;
  return !ABOUT.test(letters);
}

function hasSecretWord(words: readonly string[]): boolean {
  if (LAST_WORD.has(words.at(-1) ?? '')) return true;
  return words.some((word, index) => WORD.has(word) || PAIR.has(`${word} ${words[index + 1] ?? ''}`));
}
