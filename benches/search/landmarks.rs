//! Packs that the queries of `tests/browser/relevance.json` look for.

use std::sync::Arc;

use packyard::catalog::{CatalogPack, Status};
use packyard::pack::{Component, Pack};

use super::{catalog_pack, component, depending, pack};

/// A pack: name, version, description, keywords, names of actions with what they do.
type Landmark<'a> = (&'a str, &'a str, &'a str, &'a [&'a str], &'a [(&'a str, &'a str)]);

const LANDMARKS: &[Landmark<'_>] = &[
    (
        "weather",
        "2.1.0",
        "Reads the weather and acts on it.",
        &["meteorology", "alerts"],
        &[("get_forecast", "Gets the forecast of a station."), ("frost_warning", "Warns of frost.")],
    ),
    ("weather_station", "1.0.0", "Runs a station on a roof.", &[], &[("get", "Gets a reading.")]),
    ("open_weather", "1.0.0", "Asks a service on the web.", &["weather"], &[("listCities", "Lists cities.")]),
    ("sunshine", "1.0.0", "Shows how the weather will be.", &[], &[]),
    ("kubernetes", "3.0.0", "Looks after clusters.", &["k8s", "containers"], &[("scale_deployment", "Scales.")]),
    ("load_balancer", "1.2.0", "Shares work among servers.", &[], &[("drain_backend", "Takes a server out.")]),
    ("mailgun_next", "1.0.0-rc.1", "Sends mail by the new service.", &["postmarking"], &[]),
    ("mailer", "1.0.0", "Sends mail.", &["postmarking"], &[("send_to_everybody", "Sends mail to all.")]),
    ("telegraphy", "1.0.0", "Sends words over a wire.", &["morse"], &[("transmit_morse", "Taps.")]),
    ("telegraphy_old", "0.9.0", "Sends words over a wire, slowly.", &["morse"], &[("transmit_morse", "Taps.")]),
    ("forecaster", "1.0.0", "Guesses.", &[], &[("guess", "Guesses the temperature.")]),
];

/// Returns the packs. Some depend on `weather`; `telegraphy_old` is deprecated.
pub(crate) fn packs() -> Vec<CatalogPack> {
    LANDMARKS.iter().map(landmark).collect()
}

fn landmark((name, version, description, keywords, actions): &Landmark<'_>) -> CatalogPack {
    let ecosystem = packyard::ecosystem::by_id("stackstorm").expect("known");
    let action = ecosystem.kinds().iter().position(|kind| kind.key == "action").expect("a kind");
    let components = actions
        .iter()
        .map(|(action_name, text)| {
            let made = component(ecosystem, action, name, action_name);
            Arc::new(Component { description: (*text).to_owned(), ..made })
        })
        .collect();
    let content = Pack {
        description: (*description).to_owned(),
        keywords: keywords.iter().map(|word| (*word).to_owned()).collect(),
        components,
        dependencies: if *name == "forecaster" { vec![depending("weather")] } else { Vec::new() },
        ..pack(ecosystem, name, version)
    };
    let status = match *name {
        "telegraphy_old" => Status { deprecated: Some(("use telegraphy".to_owned(), None)), ..Status::default() },
        _ => Status::default(),
    };
    catalog_pack(ecosystem, content, status, "Thermometers are read twice a day.")
}
