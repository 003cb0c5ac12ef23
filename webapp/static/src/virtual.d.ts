/* Made by the build from every <thing>_controller.ts. */
declare module "virtual:controllers" {
  import type { ControllerConstructor } from "@hotwired/stimulus";
  export const controllers: Record<string, () => Promise<{ default: ControllerConstructor }>>;
}
