/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'

export function Button({
  look = 'plain',
  onClick,
  disabled = false,
  children,
}: {
  look?: 'main' | 'soft' | 'plain' | 'quiet' | 'danger'
  onClick: () => void
  disabled?: boolean
  children: ComponentChildren
}) {
  return (
    <button type="button" data-look={look} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  )
}

export const Panel = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="card">
    <h2>{title}</h2>
    {children}
  </section>
)

export const Notice = ({ kind, children }: { kind: 'refused' | 'changed' | 'good'; children: ComponentChildren }) => (
  <div class="notice" data-kind={kind} role={kind === 'refused' ? 'alert' : undefined}>
    {children}
  </div>
)

/** Side by side, each as wide as the other. */
export const Row = ({ children }: { children: ComponentChildren }) => <div class="row">{children}</div>

export const TextField = ({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (value: string) => void
}) => (
  <label class="field">
    {label}
    <textarea rows={2} value={value} onInput={(event) => onChange(event.currentTarget.value)} />
  </label>
)

export interface Choice {
  value: string
  label: string
}
/** One of a few, side by side or below each other. */
export const Choices = ({
  name,
  label,
  labelledBy,
  choices,
  value,
  onChange,
  disabled = false,
  below = false,
}: {
  name: string
  label?: string
  labelledBy?: string
  choices: readonly Choice[]
  value: string | undefined
  onChange: (value: string) => void
  disabled?: boolean
  below?: boolean
}) => (
  <div
    class="choices"
    role="radiogroup"
    aria-label={label}
    aria-labelledby={labelledBy}
    data-below={below || undefined}
  >
    {choices.map((choice) => (
      <label key={choice.value}>
        <input
          type="radio"
          name={name}
          value={choice.value}
          checked={value === choice.value}
          disabled={disabled}
          onChange={() => onChange(choice.value)}
        />
        {choice.label}
      </label>
    ))}
  </div>
)

const shapes = {
  safe: ['M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z', 'M9 12l2 2 4-4'],
  unsafe: ['M12 4l9 16H3z', 'M12 10v4', 'M12 17v.01'],
  phone: ['M6 4h3l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 6a2 2 0 0 1 2-2'],
} as const
/** A shape beside words that say the same. */
export const Shape = ({ of }: { of: keyof typeof shapes }) => (
  <svg class="shape" data-of={of} viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
    {shapes[of].map((d) => (
      <path key={d} d={d} />
    ))}
  </svg>
)
