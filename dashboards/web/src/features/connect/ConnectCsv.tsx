import type { Registered } from './Credentials.tsx'
import { ImportList } from './ImportList.tsx'

/** Registers many: one line each, the first names the columns. */
export function ConnectCsv({ done }: { done: (made: readonly Registered[]) => void }) {
  return (
    <ImportList
      list="appliances"
      columns="id, kind, model, batch, firmware, installedAt, cadenceSeconds, homeId, lat, lon, ownerName, ownerContact, language"
      example={
        'id,kind,model,ownerName,ownerContact,language,lat,lon\nfridge-kitchen-1,fridge,KG-300,Ada,ada@example.org,en,48.14,11.58'
      }
      done={(made) => done(made.flatMap((one) => ('mqtt' in one ? [one] : [])))}
    />
  )
}
