// The page is the endpoint: GraphiQL talks to the path it was loaded from, whatever prefix a proxy put before it.
import './workers.js';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import 'graphiql/style.css';
import { createRoot } from 'react-dom/client';
import './narrow.css';
import firstLook from '../../../graph/static/first_look.graphql';
import { PLAN_PLUGIN } from './plan/plugin.jsx';
import { fetcherFor } from './requests/fetcher.js';

const fetcher = fetcherFor(new URL(window.location.pathname, window.location.origin));

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={[HISTORY_PLUGIN, PLAN_PLUGIN]}
    defaultQuery={firstLook}
    defaultEditorToolsVisibility={false}
  />,
);
