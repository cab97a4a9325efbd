import { Provider as DirectionProvider } from 'radix-ui/direction'
import { Route, Switch } from 'wouter'
import { RoomRoute } from './features/join/room-route.tsx'
import { LandingPage } from './features/landing/landing-page.tsx'
import { NotFoundPage } from './features/landing/not-found-page.tsx'
import { useLocale } from './i18n/locale.ts'
import { PageErrorBoundary } from './ui/page-error-boundary.tsx'

/** The pages by address. */
export function App() {
  const { direction } = useLocale()
  return (
    <DirectionProvider dir={direction}>
      <PageErrorBoundary>
        <Switch>
          <Route path="/" component={LandingPage} />
          <Route path="/r/:roomId">{({ roomId }) => <RoomRoute key={roomId} typedId={roomId} />}</Route>
          <Route component={NotFoundPage} />
        </Switch>
      </PageErrorBoundary>
    </DirectionProvider>
  )
}
