/** A bellboy's cap: what a porter wears. Its band is the one spot of colour. */
export const Logo = ({ className }: { className?: string }) => (
  <svg aria-hidden viewBox="0 0 24 24" className={className}>
    <path d="M4.6 15.4 6.3 6.7A1.6 1.6 0 0 1 7.9 5.4h8.2a1.6 1.6 0 0 1 1.6 1.3l1.7 8.7Z" fill="currentColor" />
    <path d="M3.6 16.6h16.8v1.2a2 2 0 0 1-2 2H5.6a2 2 0 0 1-2-2Z" fill="var(--running)" />
    <circle cx="12" cy="3.6" r="1.6" fill="currentColor" />
  </svg>
);
