// What of ECharts the desk draws with; scripts/assets.sh bundles it into assets/vendor/echarts.js.
export { init, getInstanceByDom } from "echarts/core";
import { use } from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, SVGRenderer]);
