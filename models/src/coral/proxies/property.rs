//! What is claimed of proxies.

use crate::engine::{Claim, Form};

use super::{Cooperation, Deed, Proxies, Scene, Work};

/// All that is claimed of these proxies.
pub(super) fn claims(proxies: &Proxies) -> Vec<Claim<Proxies>> {
    let mut claims = vec![
        FETCHES_ARE_BOUNDED,
        ONE_FETCH_IS_ENOUGH,
        EVERY_PROXY_HAS_THE_PAGE,
        ONE_MAY_FETCH_FOR_ALL,
        EACH_MAY_FETCH,
        A_PROXY_WAITS_FOR_ANOTHER,
    ];
    if proxies.cooperation != Cooperation::None {
        claims.extend([A_LONG_PUT_MEANS_A_PAGE, WHO_CAN_FIND_DOES_NOT_MISS]);
    }
    claims
}

const FETCHES_ARE_BOUNDED: Claim<Proxies> = Claim::new(
    "fetches_are_bounded",
    "When a proxy has the page the origin has had a fetch, and never more than there are proxies.",
    "CORAL-20",
    Form::Always {
        when: Some(|_, scene: &Scene| scene.work.contains(&Work::HasThePage)),
        holds: |proxies, scene| (1..=proxies.count).contains(&scene.fetches),
    },
);

const ONE_FETCH_IS_ENOUGH: Claim<Proxies> = Claim::new(
    "one_fetch_is_enough",
    "The origin has one fetch.",
    "CORAL-20",
    Form::Always { when: Some(all_have_it), holds: |_, scene: &Scene| scene.fetches == 1 },
)
.because(|_, scene: &Scene| format!("the origin had {} fetches", scene.fetches));

const EVERY_PROXY_HAS_THE_PAGE: Claim<Proxies> = Claim::new(
    "every_proxy_has_the_page",
    "Every proxy has the page at last.",
    "CORAL-20",
    Form::Eventually(all_have_it),
);

const ONE_MAY_FETCH_FOR_ALL: Claim<Proxies> = Claim::new(
    "one_may_fetch_for_all",
    "All have the page, and the origin had one fetch.",
    "CORAL-20",
    Form::Sometimes(|proxies, scene| all_have_it(proxies, scene) && scene.fetches == 1),
);

const EACH_MAY_FETCH: Claim<Proxies> = Claim::new(
    "each_may_fetch",
    "The origin had as many fetches as there are proxies.",
    "CORAL-20",
    Form::Sometimes(|proxies, scene| all_have_it(proxies, scene) && scene.fetches == proxies.count),
);

const A_PROXY_WAITS_FOR_ANOTHER: Claim<Proxies> = Claim::new(
    "a_proxy_waits_for_another",
    "A proxy waits for a page that another is fetching from the origin.",
    "CORAL-19",
    Form::Sometimes(|_, scene: &Scene| {
        scene.work.iter().any(|work| match work {
            Work::FetchesFrom(other) => scene.work[usize::from(*other)] == Work::FetchesFromOrigin,
            _ => false,
        })
    }),
);

const A_LONG_PUT_MEANS_A_PAGE: Claim<Proxies> = Claim::new(
    "a_long_put_means_a_page",
    "Whose address is put for a long time has the page.",
    "CORAL-19",
    Form::Always {
        when: Some(|_, scene: &Scene| scene.long != 0),
        holds: |proxies, scene: &Scene| {
            (0..proxies.count).all(|proxy| {
                let is_put = scene.long >> proxy & 1 != 0;
                !is_put || scene.work[usize::from(proxy)] == Work::HasThePage
            })
        },
    },
);

const WHO_CAN_FIND_DOES_NOT_MISS: Claim<Proxies> = Claim::new(
    "who_can_find_does_not_miss",
    "A get misses only if no address is put.",
    "CORAL-20",
    Form::Step {
        when: |_, _, deed, _| matches!(deed, Deed::Miss(_)),
        holds: |_, scene, _, _| scene.short | scene.long == 0,
    },
);

fn all_have_it(proxies: &Proxies, scene: &Scene) -> bool {
    scene.work[..usize::from(proxies.count)].iter().all(|work| *work == Work::HasThePage)
}
