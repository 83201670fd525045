/** What the page's own styles are known by: the server says it with each page, and no other style is applied. */
export const styleNonce = document.querySelector('meta[name="style-nonce"]')?.getAttribute('content') ?? ''
