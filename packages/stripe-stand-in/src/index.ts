/** A stand-in for Stripe. */
export {};
