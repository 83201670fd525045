import { DragDropContext, Draggable, Droppable } from '@hello-pangea/dnd'
import { type ReactNode, useState } from 'react'
import { useDeed } from '../ask.ts'
import { styleNonce } from '../nonce.ts'
import type { PaymentProvider } from '../types.ts'
import { usePlace } from '../visit.ts'
import { ProviderCard } from './provider-card.tsx'

/** The accounts in the order in which they are asked, which is changed by dragging, or by space and the arrow keys. */
export function ProviderOrder({
  accounts,
  change,
}: {
  accounts: readonly PaymentProvider[]
  change: (account: PaymentProvider) => void
}): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run } = useDeed()
  // Shown as it was dropped, until the server has it in that order too.
  const [dropped, setDropped] = useState<readonly string[]>()
  const shown = dropped
    ? accounts.toSorted((a, b) => dropped.indexOf(a.id) - dropped.indexOf(b.id))
    : accounts
  const move = (from: number, to: number): void => {
    const order = shown.toSpliced(from, 1)
    const [taken] = shown.slice(from, from + 1)
    if (!taken || from === to) return
    order.splice(to, 0, taken)
    setDropped(order.map(({ id }) => id))
    run({
      act: async () => {
        try {
          const places = order.map(({ id, priority }, index) => ({ id, priority, place: index + 1 }))
          const moved = places.filter(({ priority, place }) => priority !== place)
          await Promise.all(
            moved.map(({ id, place }) => api.patch(`/payment-providers/${id}`, { priority: place })),
          )
        } catch (error) {
          setDropped(undefined)
          throw error
        }
      },
      said: 'They are asked in this order now',
      after: () => setDropped(undefined),
    })
  }
  return (
    <DragDropContext
      nonce={styleNonce}
      onDragEnd={({ source, destination }) => {
        if (destination) move(source.index, destination.index)
      }}
    >
      <Droppable droppableId="accounts">
        {(place) => (
          <div ref={place.innerRef} {...place.droppableProps} role="list" aria-label="Accounts">
            {shown.map((account, index) => (
              <Draggable
                key={account.id}
                draggableId={account.id}
                index={index}
                isDragDisabled={!mayWrite || shown.length === 1}
              >
                {(item) => (
                  <div ref={item.innerRef} {...item.draggableProps} role="listitem">
                    <ProviderCard
                      account={account}
                      handle={mayWrite && shown.length > 1 ? (item.dragHandleProps ?? undefined) : undefined}
                      change={() => change(account)}
                    />
                  </div>
                )}
              </Draggable>
            ))}
            {place.placeholder}
          </div>
        )}
      </Droppable>
    </DragDropContext>
  )
}
