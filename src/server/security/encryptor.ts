/** Encrypts and decrypts text with a key of the installation; the host's `app.aesEncryptor`. */
export interface Encryptor {
  encrypt(text: string): Promise<string>;
  decrypt(text: string): Promise<string>;
  decryptSync(text: string): string;
}
