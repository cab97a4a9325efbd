import { Provider as DirectionProvider } from 'radix-ui/direction'
import { Route, Switch } from 'wouter'
import { useLocale } from './i18n/locale.ts'

/** The pages by address. */
export function App() {
  const { direction } = useLocale()
  return (
    <DirectionProvider dir={direction}>
      <Switch>
        <Route path="/">Parley</Route>
      </Switch>
    </DirectionProvider>
  )
}
