import { namesSecret } from '../../../src/server/security/secret-names';

/** One name a word; a name with spaces in it stands on a line of its own. */
const names = (text: string) => text.trim().split(/\s+/);

const SECRETS = {
  'of passwords': names(`
    password Password passWord PASSWORD passwords password2 userPassword userpassword user_password user-password
    oldpassword oldPassword newpassword initialpassword initialPassword temppassword defaultPassword confirmpassword
    loginpassword adminpassword dbpassword keystorepassword bindpassword bind_password PASSWORD_HASH passwordhash
    passwordSalt password.current pwd userpwd user_pwd newPwd loginpwd pwdhash passwd user_passwd mypasswd pass dbPass
    db_pass SMTP_PASS smtppass userpass bindpw bindPW rootpw olcRootPW pw user_pw passphrase passPhrase ssh_passphrase
    passcode pass_code pass-word passkey pswd pword`),
  'of directories': names(`
    userPassword unicodePwd unicodepwd UNICODEPWD sambaNTPassword sambantpassword sambaLMPassword sambaPasswordHistory
    ntPwdHistory lmPwdHistory dBCSPwd supplementalCredentials krbPrincipalKey userPKCS12 ms-Mcs-AdmPwd msLAPS-Password
    msDS-ManagedPassword unixUserPassword msFVE-RecoveryPassword msFVE-KeyPackage trustAuthIncoming trustAuthOutgoing
    ntHash lmHash nt_hash_password krbKeytab keytab`),
  'of tokens and keys': names(`
    token tokens token2 Token accesstoken access_token ACCESS-TOKEN accessToken refreshtoken refreshToken idToken
    sessiontoken sessionToken sessionid JSESSIONID PHPSESSID authtoken csrfToken xsrf-token bearer bearerToken
    x-auth-token deviceToken personalAccessToken secret clientSecret client_secret clientsecret appsecret corpsecret
    webhooksecret webhookSecret sharedsecret consumerSecret secretKey secret_key hmacSecret jwt jwtSecret apiKey apikey
    api-key APIKey API_KEYS x-api-key accessKey accesskeyid privateKey private_key privatekey privkey signingKey
    encryptionKey encryption_key encodingAESKey masterkey sharedKey sshKey authkey recoveryKey Authorization
    proxy-authorization cookie cookies setCookie sessioncookie credentials credential dbCredentials connectionString
    otp otpSecret totp smsotp OTP_CODE recoveryCodes verificationCode securityAnswer salt cvv PIN pin userPin userpin`),
  'of other languages': names(`
    Passwort passwort Benutzerpasswort PASSWÖRTER_PASSWORT Kennwort AnfangsKennwort Geheimnis Geheimzahl Zugangsdaten
    PrivaterSchlüssel motdepasse mot_de_passe MotDePasse motDePasse mdp jeton clé_privée contraseña CONTRASEÑA contrasena
    Contraseña clave claveSecreta clave_de_acceso senha senhaUsuario Senha palavra-passe segredo credenciais
    credenziali segreto parola chiave_privata wachtwoord lösenord losenord passord kodeord adgangskode salasana hasło
    haslo HASŁO heslo jelszó jelszo şifre sifre ŞİFRE katasandi kata_sandi mật_khẩu matkhau пароль Пароль ПАРОЛЬ
    пароль_пользователя секрет секретныйКлюч токен κωδικός_πρόσβασης συνθηματικό סיסמה سری_رمزعبور كلمة_المرور पासवर्ड
    รหัสผ่าน 密码 登录密码 密碼 使用者密碼 口令 密钥 密鑰 私钥 令牌 访问令牌 パスワード ログインパスワード ﾊﾟｽﾜｰﾄﾞ 暗証番号 秘密鍵 トークン
    비밀번호 사용자비밀번호 암호 패스워드 토큰`),
  'in disguise': [
    'pass word',
    'Pass Phrase',
    'user password (initial)',
    'Pass\u200bword',
    'ｐａｓｓｗｏｒｄ',
    'pässwörd',
    'p.a.s.s.w.o.r.d',
    'mot de passe',
    `${'x'.repeat(500)}Password`,
    `password${'x'.repeat(5000)}`,
  ],
};

const OTHERS = names(`
  passport passportNumber passport_no passports passenger passengers compass bypass bypassWindow surpass trespass
  secretary Secretary secretariat secretaryId secrétaire secretaria segretario секретарь секретариат tokenised
  tokenized tokenizer tokenization keyboard keyboardLayout key keys keynote keyword keywords monkey turkey hockey
  publicKey sshPublicKey primaryKey foreignKey sortKey author authority authorName cookieless passwordless
  passwordLastSet pwdLastSet badPwdCount badPasswordTime passwordExpiresAt passwordChangeTz password_policy maxPwdAge
  accountExpires lockoutTime username userName email phone nickname uid objectSid sid employeeId badge pinCode pincode
  opinion spinner shipping salted assault basalt jettison laptop claveEmpleado clavel resenha desenhar haste
  hassle session sessionCount class classification description department departments mainDepartment title parentUid
  isDeleted displayName costCentre Größe Abteilung Schlüssel Personalschlüssel 部门 部門 姓名 職位 부서 이름 отдел должность`);

describe('names of secrets', () => {
  it.each(Object.entries(SECRETS).flatMap(([kind, list]) => list.map((name) => [kind, name])))('%s: %s', (_, name) => {
    expect(namesSecret(name)).toBe(true);
  });
});

describe('other names', () => {
  it.each(OTHERS)('%s', (name) => {
    expect(namesSecret(name)).toBe(false);
  });
});
