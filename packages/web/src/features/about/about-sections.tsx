import { SafetySection } from './safety-section.tsx'
import { StepsSection } from './steps-section.tsx'

/** What stands under the first screen of the start page, and is fetched after it: how it goes, and what protects people. */
export const AboutSections = () => (
  <>
    <StepsSection />
    <SafetySection />
  </>
)
